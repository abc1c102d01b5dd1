package internal

// Lookup is what Kubernetes asks of labels since kube-score was released.
func (l MapLabels) Lookup(key string) (string, bool) {
	value, exists := l[key]
	return value, exists
}

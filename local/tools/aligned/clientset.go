// Package fake takes the place of the client that Kubernetes' tests talk to, 54 packages: some of its
// programs are compiled with it, and only `kubeadm --dry-run` ever calls it.
package fake

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/testing"
)

// Clientset cannot be had.
type Clientset struct {
	testing.Fake
	kubernetes.Interface
}

// Tracker cannot be had either.
func (*Clientset) Tracker() testing.ObjectTracker { return nil }

// AddToScheme adds nothing.
func AddToScheme(*runtime.Scheme) error { return nil }

// NewClientset always fails.
func NewClientset(...runtime.Object) *Clientset {
	panic("this program is built without a client for tests: use Kubernetes' own release")
}

// NewSimpleClientset always fails.
func NewSimpleClientset(...runtime.Object) *Clientset { return NewClientset() }

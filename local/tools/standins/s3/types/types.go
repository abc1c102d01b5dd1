// Package types has the names that Trivy's checks hold a bucket's settings against.
package types

// ServerSideEncryption is how a bucket encrypts what it keeps.
type ServerSideEncryption string

// Values are all of them.
func (ServerSideEncryption) Values() []ServerSideEncryption {
	return []ServerSideEncryption{"AES256", "aws:backup", "aws:fsx", "aws:kms", "aws:kms:dsse"}
}

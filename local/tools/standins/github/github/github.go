// Package github has what cosign calls to keep a key pair in GitHub's secrets, and refuses it: the
// pipeline's keys are files.
package github

import (
	"context"
	"errors"
	"net/http"
)

var errLeftOut = errors.New("this cosign is built without a client for GitHub: use its own release")

// Client cannot be had.
type Client struct{ Actions *ActionsService }

// ClientOptionsFunc would say how GitHub is reached.
type ClientOptionsFunc func(*Client) error

// WithHTTPClient changes nothing.
func WithHTTPClient(*http.Client) ClientOptionsFunc { return nil }

// WithEnterpriseURLs changes nothing.
func WithEnterpriseURLs(string, string) ClientOptionsFunc { return nil }

// NewClient always fails.
func NewClient(...ClientOptionsFunc) (*Client, error) { return nil, errLeftOut }

// Response would be an answer.
type Response struct{ *http.Response }

// PublicKey would encrypt secrets.
type PublicKey struct{}

// GetKey would be its text.
func (*PublicKey) GetKey() string { return "" }

// GetKeyID would be its name.
func (*PublicKey) GetKeyID() string { return "" }

// EncryptedSecret would be a secret.
type EncryptedSecret struct{ Name, KeyID, EncryptedValue string }

// ActionsService would keep secrets.
type ActionsService struct{}

// CreateOrUpdateRepoSecret always fails.
func (*ActionsService) CreateOrUpdateRepoSecret(
	context.Context, string, string, *EncryptedSecret,
) (*Response, error) {
	return nil, errLeftOut
}

// CreateOrUpdateOrgSecret always fails.
func (*ActionsService) CreateOrUpdateOrgSecret(
	context.Context, string, *EncryptedSecret,
) (*Response, error) {
	return nil, errLeftOut
}

// GetRepoPublicKey always fails.
func (*ActionsService) GetRepoPublicKey(
	context.Context, string, string,
) (*PublicKey, *Response, error) {
	return nil, nil, errLeftOut
}

// GetOrgPublicKey always fails.
func (*ActionsService) GetOrgPublicKey(context.Context, string) (*PublicKey, *Response, error) {
	return nil, nil, errLeftOut
}

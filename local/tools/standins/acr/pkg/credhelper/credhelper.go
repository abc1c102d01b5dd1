// Package credhelper knows no login for Azure's registries by a machine's identity: cosign goes on
// with what Docker's configuration has.
package credhelper

import "github.com/docker/docker-credential-helpers/credentials"

// NewACRCredentialsHelper gives a helper that knows nothing.
func NewACRCredentialsHelper() credentials.Helper { return helper{} }

type helper struct{}

func (helper) Add(*credentials.Credentials) error { return credentials.NewErrCredentialsNotFound() }

func (helper) Delete(string) error { return credentials.NewErrCredentialsNotFound() }

func (helper) Get(string) (user, secret string, err error) {
	return "", "", credentials.NewErrCredentialsNotFound()
}

func (helper) List() (map[string]string, error) { return map[string]string{}, nil }

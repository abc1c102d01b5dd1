// Package gitlab has what cosign calls to keep a key pair in GitLab's variables, and refuses it: the
// pipeline's keys are files.
package gitlab

import (
	"errors"
	"net/http"
)

var errLeftOut = errors.New("this cosign is built without a client for GitLab: use its own release")

// Client cannot be had.
type Client struct {
	Projects         lookup
	Groups           lookup
	ProjectVariables variables[CreateProjectVariableOptions]
	GroupVariables   variables[CreateGroupVariableOptions]
}

// ClientOptionFunc would say how GitLab is reached.
type ClientOptionFunc func(*Client) error

// WithBaseURL changes nothing.
func WithBaseURL(string) ClientOptionFunc { return nil }

// NewClient always fails.
func NewClient(string, ...ClientOptionFunc) (*Client, error) { return nil, errLeftOut }

// Response would be an answer.
type Response struct{ *http.Response }

// Variable would be a secret.
type Variable struct{ Value string }

// VariableTypeValue is how a variable is handed to jobs.
type VariableTypeValue string

// EnvVariableType is in their environment.
const EnvVariableType VariableTypeValue = "env_var"

// CreateProjectVariableOptions would be a project's variable.
type CreateProjectVariableOptions struct {
	Key, Value, EnvironmentScope *string
	VariableType                 *VariableTypeValue
	Protected, Masked            *bool
}

// CreateGroupVariableOptions would be a group's.
type CreateGroupVariableOptions CreateProjectVariableOptions

// Ptr gives a pointer to a value.
func Ptr[T any](value T) *T { return &value }

type lookup struct{}

// GetProject always fails.
func (lookup) GetProject(any, any) (any, *Response, error) { return nil, nil, errLeftOut }

// GetGroup always fails.
func (lookup) GetGroup(any, any) (any, *Response, error) { return nil, nil, errLeftOut }

type variables[Options any] struct{}

// CreateVariable always fails.
func (variables[Options]) CreateVariable(any, *Options) (*Variable, *Response, error) {
	return nil, nil, errLeftOut
}

// GetVariable always fails.
func (variables[Options]) GetVariable(any, string, any) (*Variable, *Response, error) {
	return nil, nil, errLeftOut
}

// Package v1 takes the place of the files that make Prometheus' OpenAPI document, half of what there
// is to compile of it, and of the document says that it is not there.
package v1

import (
	"log/slog"
	"net/http"
)

// OpenAPIOptions would say what the document is about.
type OpenAPIOptions struct {
	IncludePaths   []string
	ExternalURL    string
	Version        string
	MaxSearchLimit int
}

// OpenAPIBuilder makes no document.
type OpenAPIBuilder struct{}

// NewOpenAPIBuilder gives it.
func NewOpenAPIBuilder(OpenAPIOptions, *slog.Logger) *OpenAPIBuilder { return &OpenAPIBuilder{} }

// WrapHandler gives the handler itself, for there is no document to hold its requests against.
func (*OpenAPIBuilder) WrapHandler(next http.HandlerFunc) http.HandlerFunc { return next }

// ServeOpenAPI says that there is no document.
func (*OpenAPIBuilder) ServeOpenAPI(w http.ResponseWriter, _ *http.Request) {
	http.Error(
		w, "this Prometheus is built without its OpenAPI document: use its own release",
		http.StatusNotImplemented,
	)
}

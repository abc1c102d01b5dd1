// Package autoexport takes the place of every exporter of OpenTelemetry: OpenTofu sends no traces
// from here.
package autoexport

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/sdk/trace"
)

// NewSpanExporter always fails.
func NewSpanExporter(context.Context) (trace.SpanExporter, error) {
	return nil, errors.New(
		"this program is built without exporters of traces: unset OTEL_TRACES_EXPORTER, or use its own release",
	)
}

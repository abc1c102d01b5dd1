// Package dangv2 stands where the engine looks for Dang v2: it declines every module.
package dangv2

import (
	"context"
	"errors"

	"github.com/dagger/dagger/core"
	"github.com/dagger/dagger/dagql"
)

var errDeclined = errors.New(
	`this engine evaluates Dang v1 only: set "engineVersion" below v0.21.5 in the module's dagger.json`,
)

// Impl declines to type or run a module.
type Impl struct{}

// ModuleTypes always fails.
func (Impl) ModuleTypes(
	context.Context,
	*core.SchemaBuilder,
	dagql.ObjectResult[*core.ModuleSource],
	dagql.ObjectResult[*core.Module],
) (none dagql.ObjectResult[*core.Module], err error) {
	return none, errDeclined
}

// Runtime always fails.
func (Impl) Runtime(
	context.Context,
	*core.SchemaBuilder,
	dagql.ObjectResult[*core.ModuleSource],
) (core.ModuleRuntime, error) {
	return nil, errDeclined
}

// Package load would read policies.
package load

import "cuelang.org/go/cue"

// Config would say where they are.
type Config struct{}

// Instance is a policy that cannot be read.
type Instance struct{ Err error }

// Instances gives one that cannot be read, so that no policy passes.
func Instances([]string, *Config) []*Instance { return []*Instance{{cue.ErrLeftOut}} }

// Package json would hold JSON against a policy.
package json

import "cuelang.org/go/cue"

// Validate always fails.
func Validate([]byte, cue.Value) error { return cue.ErrLeftOut }

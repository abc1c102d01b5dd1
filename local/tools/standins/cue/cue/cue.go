// Package cue has what cosign calls to hold an attestation against a policy in CUE, and refuses it:
// nothing here has such a policy.
package cue

import "errors"

// ErrLeftOut is the answer to every policy.
var ErrLeftOut = errors.New("this cosign is built without CUE: use its own release for a policy in it")

// Value would be what a policy says.
type Value struct{}

// Err is why there is none.
func (Value) Err() error { return ErrLeftOut }

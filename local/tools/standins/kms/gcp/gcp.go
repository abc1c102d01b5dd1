// Package gcp registers no keys of Google Cloud with cosign, which says of their names that no provider is
// known: what the laptop stack signs with is a file.
package gcp

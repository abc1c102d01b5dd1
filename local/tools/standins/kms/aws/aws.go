// Package aws registers no keys of AWS with cosign, which says of their names that no provider is
// known: what the laptop stack signs with is a file.
package aws

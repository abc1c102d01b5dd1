// Package hashivault registers no keys of HashiCorp Vault with cosign, which says of their names that no provider is
// known: what the laptop stack signs with is a file.
package hashivault

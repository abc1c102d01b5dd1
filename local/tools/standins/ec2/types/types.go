// Package types has the values that go to AWS' machines and come from them.
package types

// AttributeBooleanValue is yes or no.
type AttributeBooleanValue struct{ Value *bool }

// Image is what a machine starts from.
type Image struct{ BlockDeviceMappings []BlockDeviceMapping }

// BlockDeviceMapping is one of its disks.
type BlockDeviceMapping struct{ Ebs *EbsBlockDevice }

// EbsBlockDevice is what the disk is made of.
type EbsBlockDevice struct{ SnapshotId *string }

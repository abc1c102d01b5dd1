// Package ec2 has what Trivy and kube-router call of AWS' machines, and refuses it: none of them is
// scanned here or is a node.
package ec2

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

var errLeftOut = errors.New("this program is built without a client for AWS EC2: use its own release")

// Client refuses every call.
type Client struct{}

// NewFromConfig gives the client; the configuration is not used.
func NewFromConfig(aws.Config) *Client { return &Client{} }

// DescribeImagesInput names images.
type DescribeImagesInput struct{ ImageIds []string }

// DescribeImagesOutput would describe them.
type DescribeImagesOutput struct{ Images []types.Image }

// DescribeImages always fails.
func (*Client) DescribeImages(context.Context, *DescribeImagesInput) (*DescribeImagesOutput, error) {
	return nil, errLeftOut
}

// ModifyInstanceAttributeInput names an instance and what changes of it.
type ModifyInstanceAttributeInput struct {
	InstanceId      *string
	SourceDestCheck *types.AttributeBooleanValue
}

// ModifyInstanceAttributeOutput is empty.
type ModifyInstanceAttributeOutput struct{}

// ModifyInstanceAttribute always fails.
func (*Client) ModifyInstanceAttribute(
	context.Context, *ModifyInstanceAttributeInput,
) (*ModifyInstanceAttributeOutput, error) {
	return nil, errLeftOut
}

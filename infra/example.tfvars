# What has no default: copy it to terraform.tfvars and fill it in.

# A dated folder, for what lies under `latest` changes; the checksum is in SHA512SUMS beside it.
base_image_url    = "https://cloud.debian.org/images/cloud/bookworm/DATE/debian-12-genericcloud-amd64-DATE.qcow2"
base_image_sha512 = "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"

ssh_public_keys = ["ssh-ed25519 AAAA operator@example.com"]

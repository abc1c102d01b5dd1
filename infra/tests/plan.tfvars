# What has no default, so that a plan can be shown without anybody's own values.
base_image_url    = "https://images.example.com/debian-12-genericcloud-amd64.qcow2"
base_image_sha512 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
ssh_public_keys   = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleOfAPublicKeyWithoutAPrivateOne operator@example.com"]

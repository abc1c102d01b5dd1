locals {
  image_file = "${var.work_dir}/image-${substr(var.image.sha512, 0, 16)}.qcow2"
}

# The provider takes any answer of a URL for an image. So it is given a file that has been checked.
resource "terraform_data" "image" {
  input            = local.image_file
  triggers_replace = [var.image.url, var.image.sha512]

  provisioner "local-exec" {
    command = "${path.module}/fetch-image.sh"
    environment = {
      FILE   = self.input
      URL    = var.image.url
      SHA512 = var.image.sha512
    }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "rm -f -- \"$FILE\""
    environment = { FILE = self.input }
  }
}

resource "libvirt_volume" "image" {
  name   = "${var.name}-image-${substr(var.image.sha512, 0, 16)}.qcow2"
  pool   = var.storage_pool
  source = local.image_file
  format = "qcow2"

  # The file is read while the volume is made: not before it is there and whole.
  depends_on = [terraform_data.image]

  lifecycle {
    prevent_destroy = var.protected
  }
}

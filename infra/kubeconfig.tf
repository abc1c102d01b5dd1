resource "terraform_data" "kubeconfig" {
  input            = "${local.work_dir}/kubeconfig"
  triggers_replace = [module.machines.disks[local.control_plane]]

  provisioner "local-exec" {
    command = "${path.module}/scripts/kubeconfig.sh"
    environment = {
      CONTROL_PLANE = module.machines.machines[local.control_plane]
      FILE          = self.input
      SSH_USER      = var.ssh_user
      SSH_KEY_FILE  = var.ssh_private_key_file
      KNOWN_HOSTS   = "${local.work_dir}/known_hosts"
    }
  }

  # The host keys are those of machines that go with it.
  provisioner "local-exec" {
    when        = destroy
    command     = "rm -rf -- \"$FILE\" \"$(dirname \"$FILE\")/known_hosts\""
    environment = { FILE = self.input }
  }
}

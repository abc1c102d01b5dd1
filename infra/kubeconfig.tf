resource "terraform_data" "kubeconfig" {
  input = "${local.work_dir}/kubeconfig"
  triggers_replace = [
    module.machines.disks[local.control_plane],
    # Where the file is gone it is fetched again: of a time, not even this is known to a plan.
    fileexists("${local.work_dir}/kubeconfig") ? "" : substr(timestamp(), 0, 0),
  ]

  provisioner "local-exec" {
    command = "${path.module}/scripts/kubeconfig.sh"
    environment = {
      CONTROL_PLANE = terraform_data.host_key[local.control_plane].input.address
      FILE          = self.input
      SSH_USER      = var.ssh_user
      SSH_KEY_FILE  = var.ssh_private_key_file
      KNOWN_HOSTS   = local.known_hosts
      PATIENCE      = var.patience
    }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "rm -f -- \"$FILE\""
    environment = { FILE = self.input }
  }
}

locals {
  known_hosts = "${local.work_dir}/known_hosts"
}

# A machine's host key is kept when it is first seen, and has to stay the same while its disk does.
resource "terraform_data" "host_key" {
  for_each = merge({ (local.control_plane) = local.control_plane_address }, local.workers)

  input            = { address = module.machines.machines[each.key], folder = local.known_hosts }
  triggers_replace = [module.machines.disks[each.key]]

  provisioner "local-exec" {
    when    = destroy
    command = "rm -f -- \"$FOLDER/$ADDRESS\"; rmdir --ignore-fail-on-non-empty -- \"$FOLDER\" || true"
    environment = {
      ADDRESS = self.input.address
      FOLDER  = self.input.folder
    }
  }
}

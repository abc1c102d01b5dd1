provider "libvirt" {
  uri = var.libvirt_uri
}

locals {
  # What is not of the repository: the image, the machines' host keys and the kubeconfig.
  work_dir = "${path.root}/.local"

  size = {
    cpu_cores = var.vm_cpu_cores
    memory_gb = var.vm_memory_gb
    disk_gb   = var.vm_disk_gb
  }
}

# All that is libvirt's. A module for another cloud takes the same machines and gives the same
# output; only the provider above and the last two go with it.
module "machines" {
  source = "./modules/libvirt"

  name         = var.cluster_name
  network_cidr = var.network_cidr
  machines = merge(
    {
      (local.control_plane) = merge(local.size, {
        address   = local.control_plane_address
        user_data = local.control_plane_user_data
      })
    },
    {
      for name, address in local.workers : name => merge(local.size, {
        address   = address
        user_data = local.worker_user_data[name]
      })
    },
  )
  image     = { url = var.base_image_url, sha512 = var.base_image_sha512 }
  protected = var.protected
  resizing  = var.resizing
  work_dir  = local.work_dir

  virtualization = var.virtualization
  storage_pool   = var.storage_pool
}

output "kubeconfig" {
  description = "The administrator's kubeconfig. It is in the state too: keep that where no one else reads it."
  # Through the resource's output, which is not known before the file is there.
  value     = fileexists(terraform_data.kubeconfig.output) ? file(terraform_data.kubeconfig.output) : null
  sensitive = true
}

output "api_server" {
  description = "Where the cluster's API server answers."
  value       = "https://${local.control_plane_address}:6443"
}

output "machines" {
  description = "The address of each machine by its name."
  value       = module.machines.machines
}

output "libvirt_uri" {
  description = "The libvirt that the machines are in."
  value       = var.libvirt_uri
}

output "ssh" {
  description = "How scripts/ssh.sh logs in to a machine."
  value = {
    user        = var.ssh_user
    key_file    = var.ssh_private_key_file
    known_hosts = local.known_hosts
  }
}

output "workers" {
  description = "The names of the workers, in the order in which they are resized."
  value       = keys(local.workers)
}

output "control_plane" {
  description = "The name of the control plane."
  value       = local.control_plane
}

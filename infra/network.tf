locals {
  control_plane         = "${var.cluster_name}-control-plane"
  control_plane_address = cidrhost(var.network_cidr, var.control_plane_host)
  alone                 = var.worker_count == 0

  # Numbered from 1, and by name rather than by place: one that is removed moves no other.
  workers = {
    for number in range(1, var.worker_count + 1) :
    "${var.cluster_name}-worker-${number}" => cidrhost(var.network_cidr, var.first_worker_host + number - 1)
  }
}

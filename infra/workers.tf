locals {
  # It has no token: that is in the file it names, which lives in memory while the worker joins.
  join_configuration = {
    for name in keys(local.workers) : name => {
      apiVersion       = local.kubeadm_api
      kind             = "JoinConfiguration"
      discovery        = { file = { kubeConfigPath = "/run/cluster/invitation" } }
      nodeRegistration = local.node_registration[name]
      timeouts         = local.kubeadm_timeouts
    }
  }

  worker_user_data = {
    for name in keys(local.workers) : name => "#cloud-config\n${yamlencode(merge(local.node_user_data, {
      write_files = concat(local.node_files, [
        { path = "/etc/cluster/kubeadm.yaml", content = yamlencode(local.join_configuration[name]) },
        { path = "/usr/local/sbin/cluster-join", content = file("${path.module}/node/join.sh"), permissions = "0755" },
      ])
      runcmd = ["/usr/local/sbin/cluster-node"]
    }))}"
  }
}

# Each worker joins with a token of its own, made when the worker is ready for it and good for ten
# minutes. It goes from the control plane to the worker through two SSH connections: it is in no
# file of this machine, no plan, no state and no cloud-init document.
resource "terraform_data" "joined" {
  for_each = local.workers

  # Another disk is another machine, that has not joined; a machine that was resized has.
  triggers_replace = [module.machines.disks[each.key]]

  # The control plane's host key is kept by then, so that no two scripts write it at once, and its
  # cluster is there to join.
  depends_on = [terraform_data.kubeconfig]

  provisioner "local-exec" {
    command = "${path.module}/scripts/join.sh"
    environment = {
      CONTROL_PLANE = terraform_data.host_key[local.control_plane].input.address
      WORKER        = terraform_data.host_key[each.key].input.address
      SSH_USER      = var.ssh_user
      SSH_KEY_FILE  = var.ssh_private_key_file
      KNOWN_HOSTS   = local.known_hosts
      PATIENCE      = var.patience
    }
  }
}

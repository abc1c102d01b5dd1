# What every machine of the cluster has, whatever its role.
locals {
  kubernetes_minor = join(".", slice(split(".", var.kubernetes_version), 0, 2))

  kubelet_configuration = {
    apiVersion   = "kubelet.config.k8s.io/v1beta1"
    kind         = "KubeletConfiguration"
    cgroupDriver = "systemd"
    # A machine that is shut down ends its pods first, the system's last.
    shutdownGracePeriod             = "60s"
    shutdownGracePeriodCriticalPods = "20s"
  }

  # kubeadm's own minutes, where nothing is emulated.
  kubeadm_timeouts = {
    for wait, minutes in {
      controlPlaneComponentHealthCheck = 4
      discovery                        = 5
      etcdAPICall                      = 2
      kubeletHealthCheck               = 4
      kubernetesAPICall                = 1
      tlsBootstrap                     = 5
    } : wait => "${minutes * var.patience}m0s"
  }

  node_environment = <<-END
    KUBERNETES_VERSION='${var.kubernetes_version}'
    REPOSITORY='${var.kubernetes_repository}/v${local.kubernetes_minor}/deb'
    FINGERPRINT='${var.kubernetes_key_fingerprint}'
    DEBIAN_MIRROR='${local.debian.main}'
    DEBIAN_SECURITY_MIRROR='${local.debian.security}'
  END

  node_files = concat(local.outside_files, [
    { path = "/etc/containerd/config.toml", content = file("${path.module}/node/containerd.toml") },
    { path = "/etc/modules-load.d/kubernetes.conf", content = "overlay\nbr_netfilter\nnf_conntrack\n" },
    { path = "/etc/sysctl.d/99-kubernetes.conf", content = file("${path.module}/node/sysctl.conf") },
    { path = "/etc/systemd/networkd.conf.d/kubernetes.conf", content = file("${path.module}/node/networkd.conf") },
    { path = "/etc/systemd/system/kubelet.service.d/20-configured.conf", content = file("${path.module}/node/kubelet.conf") },
    { path = "/etc/cluster/node.env", content = local.node_environment },
    { path = "/usr/local/sbin/cluster-fetch", content = file("${path.module}/node/fetch.sh"), permissions = "0755" },
    { path = "/usr/local/sbin/cluster-node", content = file("${path.module}/node/node.sh"), permissions = "0755" },
  ])

  node_user_data = {
    users = [{
      name                = var.ssh_user
      groups              = ["sudo"]
      shell               = "/bin/bash"
      sudo                = "ALL=(ALL) NOPASSWD:ALL"
      lock_passwd         = true
      ssh_authorized_keys = var.ssh_public_keys
    }]
    disable_root = true
    ssh_pwauth   = false
    # sudo asks for the address of its own machine, and no name server knows that.
    manage_etc_hosts = true
  }

  node_registration = {
    for name, address in merge({ (local.control_plane) = local.control_plane_address }, local.workers) : name => {
      name             = name
      criSocket        = "unix:///run/containerd/containerd.sock"
      kubeletExtraArgs = [{ name = "node-ip", value = address }]
    }
  }
}

locals {
  kubeadm_api = "kubeadm.k8s.io/v1beta4"

  init_configuration = {
    apiVersion       = local.kubeadm_api
    kind             = "InitConfiguration"
    localAPIEndpoint = { advertiseAddress = local.control_plane_address, bindPort = 6443 }
    # Where there is no worker it takes pods: an empty list is no taint, and none is kubeadm's own.
    nodeRegistration = merge(
      local.node_registration[local.control_plane],
      { for key, value in { taints = [] } : key => value if local.alone },
    )
    # Without an entry kubeadm makes a token that is good for a day. Nobody joins with this one:
    # each worker gets its own, see workers.tf.
    bootstrapTokens = [{ ttl = "1m0s" }]
    timeouts        = local.kubeadm_timeouts
  }

  cluster_configuration = {
    apiVersion           = local.kubeadm_api
    kind                 = "ClusterConfiguration"
    clusterName          = var.cluster_name
    kubernetesVersion    = "v${var.kubernetes_version}"
    controlPlaneEndpoint = "${local.control_plane_address}:6443"
    networking = {
      podSubnet     = var.pod_cidr
      serviceSubnet = var.service_cidr
      dnsDomain     = "cluster.local"
    }
  }

  control_plane_environment = <<-END
    CALICO_MANIFEST='${local.calico_manifest}'
    CALICO_SHA256='${var.calico_manifest_sha256}'
    ENDPOINT='${local.control_plane_address}:6443'
    ALONE='${local.alone}'
    PATIENCE='${var.patience}'
  END

  control_plane_user_data = "#cloud-config\n${yamlencode(merge(local.node_user_data, {
    write_files = concat(local.node_files, [
      {
        path = "/etc/cluster/kubeadm.yaml"
        content = join("---\n", [
          yamlencode(local.init_configuration),
          yamlencode(local.cluster_configuration),
          yamlencode(local.kubelet_configuration),
        ])
      },
      { path = "/etc/cluster/control-plane.env", content = local.control_plane_environment },
      { path = "/usr/local/sbin/cluster-init", content = file("${path.module}/node/init.sh"), permissions = "0755" },
      { path = "/usr/local/sbin/cluster-invite", content = file("${path.module}/node/invite.sh"), permissions = "0755" },
    ])
    runcmd = ["/usr/local/sbin/cluster-init"]
  }))}"
}

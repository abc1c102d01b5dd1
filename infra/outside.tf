# How machines reach what is outside of them: through a proxy, from mirrors, and whom they trust.
# What was validated holds no password, and is shown.
locals {
  proxy            = nonsensitive(var.proxy)
  debian           = { main = nonsensitive(var.debian_mirror), security = nonsensitive(var.debian_security_mirror) }
  registry_mirrors = nonsensitive(var.registry_mirrors)
  calico_manifest = coalesce(
    nonsensitive(var.calico_manifest_url),
    "https://raw.githubusercontent.com/projectcalico/calico/v${var.calico_version}/manifests/calico.yaml",
  )

  # All of the machines' network, so that another worker is no change to those that are there.
  unproxied = concat(
    ["localhost", "127.0.0.0/8", var.network_cidr, var.pod_cidr, var.service_cidr, ".svc", ".cluster.local"],
    var.no_proxy,
  )

  # apt knows no domains and no networks here, but what it asks is known.
  apt_hosts = distinct([
    for address in compact([local.debian.main, local.debian.security, var.kubernetes_repository]) :
    regex("^https?://([^/:]+)", address)[0]
  ])
  apt_unproxied = [
    for host in local.apt_hosts : host if anytrue([
      for each in local.unproxied :
      host == trimprefix(each, ".") || endswith(host, ".${trimprefix(each, ".")}") || try(cidrcontains(each, host), false)
    ])
  ]

  proxy_files = local.proxy == "" ? [] : [
    {
      path    = "/etc/cluster/proxy.env"
      content = "http_proxy='${local.proxy}'\nhttps_proxy='${local.proxy}'\nno_proxy='${join(",", local.unproxied)}'\n"
    },
    {
      path    = "/etc/systemd/system/containerd.service.d/proxy.conf"
      content = "[Service]\nEnvironmentFile=/etc/cluster/proxy.env\n"
    },
    {
      path = "/etc/apt/apt.conf.d/90proxy"
      content = join("", concat(
        [for scheme in ["http", "https"] : "Acquire::${scheme}::Proxy \"${local.proxy}\";\n"],
        [for pair in setproduct(["http", "https"], local.apt_unproxied) : "Acquire::${pair[0]}::Proxy::${pair[1]} \"DIRECT\";\n"],
      ))
    },
  ]

  # A file for each: of several in one, no links by their subjects are made.
  authority_files = [
    for number, certificate in regexall("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----", var.authority_certificates) : {
      path    = "/usr/local/share/ca-certificates/cluster-${number + 1}.crt"
      content = "${replace(certificate, "\r", "")}\n"
    }
  ]

  # The mirror is the server as well, for the registry itself would be asked after it. What is under
  # /v2 already, containerd is to take as it is.
  registry_files = [
    for registry, mirror in local.registry_mirrors : {
      path    = "/etc/containerd/certs.d/${registry}/hosts.toml"
      content = <<-END
        server = "${mirror}"
        capabilities = ["pull", "resolve"]
        override_path = ${can(regex("^https://[^/]+/v2(/|$)", mirror))}

        [host."${mirror}"]
          capabilities = ["pull", "resolve"]
          override_path = ${can(regex("^https://[^/]+/v2(/|$)", mirror))}
      END
    }
  ]

  outside_files = concat(local.proxy_files, local.authority_files, local.registry_files)
}

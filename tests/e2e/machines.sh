# Runs infra/ against a libvirt of this container's own, whose machines are emulated and start from an
# empty disk: all that libvirt does is real, and nothing boots. So `ssh` is a program that answers
# as machines would that have started well. Each step leaves its exit code and what it printed in
# /results. What it needs is there: infra in /given, OpenTofu, and the provider where that looks for it.
set -eu

mkdir -p /results /infra/.local /var/log/libvirt /var/lib/libvirt/images
cp -r /given/infra/. /infra
cd /infra
id libvirt-qemu >/dev/null 2>&1 || useradd --system --user-group libvirt-qemu
# In a container there is no hierarchy of control groups that libvirt could divide.
printf 'user = "root"\ngroup = "root"\nnamespaces = []\ncgroup_controllers = []\n' >/etc/libvirt/qemu.conf
virtlogd --daemon
libvirtd --daemon
virsh --quiet pool-define-as default dir --target /var/lib/libvirt/images
virsh --quiet pool-start default

qemu-img create -q -f qcow2 image.qcow2 64M
sha512=$(sha512sum image.qcow2 | cut -d ' ' -f 1)
mv image.qcow2 ".local/image-$(echo "$sha512" | cut -c 1-16).qcow2"
sed "s/^\(base_image_sha512 *= \).*/\1\"$sha512\"/" tests/plan.tfvars >machines.auto.tfvars
echo 'virtualization = "qemu"' >>machines.auto.tfvars

cat >/usr/local/bin/ssh <<'END'
#!/bin/sh
echo "$*" >>/results/ssh
for argument; do
    case $argument in UserKnownHostsFile=*) echo key >"${argument#*=}" ;; esac
done
case $* in
*cluster-invite) echo 'token: abcdef.0123456789abcdef' ;;
*cluster-join) cat >>/results/invitations ;;
*'cat /etc/kubernetes/admin.conf') echo 'a kubeconfig' ;;
*drain*) [ ! -e /results/undrainable ] ;;
*'get node'*) virsh domuuid "$(echo "$*" | sed 's/.* get node \([^ ]*\).*/\1/')" ;;
esac
END
# A machine without a system does not hear that it is to shut down.
cat >/usr/local/bin/virsh <<'END'
#!/bin/sh
[ "$2" != shutdown ] || exec /usr/bin/virsh --quiet destroy "$3"
exec /usr/bin/virsh "$@"
END
chmod +x /usr/local/bin/ssh /usr/local/bin/virsh

step() {
    name=$1
    shift
    code=0
    "$@" >"/results/$name" 2>&1 || code=$?
    echo "$code" >"/results/$name.code"
}

tofu() {
    verb=$1
    shift
    command tofu "$verb" -input=false -no-color "$@"
}

state() {
    virsh list --all --name | sort
    virsh vol-list default | awk 'NR > 2 { print $1 }' | sort
    virsh net-list --all --name
    find .local -type f
}

export TF_VAR_vm_memory_gb=2 TF_VAR_vm_disk_gb=10
tofu init >/dev/null
step apply tofu apply -auto-approve
step made state
step kubeconfig command tofu output -raw kubeconfig
step shown tofu show
step again tofu plan -detailed-exitcode
step upgraded tofu plan -detailed-exitcode -var=kubernetes_version=1.36.1
cp terraform.tfstate /results/state

rm .local/kubeconfig
step lost tofu apply -auto-approve
step found command tofu output -raw kubeconfig
step keys ls .local/known_hosts

export TF_VAR_vm_cpu_cores=4
step larger tofu plan
touch /results/undrainable
step undrained ./resize.sh apps-worker-1
step as_before virsh dominfo apps-worker-1
rm /results/undrainable /results/ssh
step resize ./resize.sh apps-worker-1
step modes stat --format %a .local/kubeconfig terraform.tfstate terraform.tfstate.backup
step resized virsh dominfo apps-worker-1
step other virsh dominfo apps-worker-2
step rest ./resize.sh
step settled tofu plan -detailed-exitcode

step disk tofu plan -var=vm_disk_gb=12 -var=resizing=true
step destroy tofu destroy -auto-approve
step unprotected tofu destroy -auto-approve -var=protected=false
step left state

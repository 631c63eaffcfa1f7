/* A plugin of qemu's that counts instructions. Its interface, as far as it is used, is declared here: Debian ships no header. */
#include <inttypes.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct tb;
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*translated)(plugin_id, struct tb *));
extern size_t qemu_plugin_tb_n_insns(const struct tb *block);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct tb *block, int add_u64, void *to, uint64_t amount);
extern void qemu_plugin_register_atexit_cb(plugin_id id, void (*ended)(plugin_id, void *), void *with);

int qemu_plugin_version = 1;

static uint64_t counted;

static void translated(plugin_id id, struct tb *block) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, 0, &counted, qemu_plugin_tb_n_insns(block));
}

static void ended(plugin_id id, void *with) {
    (void)id, (void)with;
    fprintf(stderr, "counted %" PRIu64 "\n", counted);
}

int qemu_plugin_install(plugin_id id, const void *info, int given, char **arguments) {
    (void)info, (void)given, (void)arguments;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}

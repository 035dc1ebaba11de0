/*
 * Lets pluto finish quick modes on a kernel without ESP: the kernel's refusals to install or remove an
 * IPsec SA are turned into consent, so that the key exchange can be tested to its end. No packet is ever
 * protected that way. To be preloaded:
 *
 *     cc -shared -fPIC -O1 -o no-esp-shim.so no-esp-shim.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <sys/socket.h>

/*
 * Answers of the kernel come with recvfrom: struct nlmsghdr, then struct nlmsgerr, which holds the error
 * (negative) and the header of the request.
 */
ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *from_length)
{
    static ssize_t (*next)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
    if (!next)
        next = (ssize_t (*)(int, void *, size_t, int, struct sockaddr *, socklen_t *))dlsym(RTLD_NEXT, "recvfrom");
    ssize_t length = next(fd, buffer, size, flags, from, from_length);
    if (!from || from->sa_family != AF_NETLINK || length < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)))
        return length;
    struct nlmsghdr *header = buffer;
    if (header->nlmsg_type != NLMSG_ERROR)
        return length;
    struct nlmsgerr *answer = NLMSG_DATA(header);
    switch (answer->msg.nlmsg_type) {
    case XFRM_MSG_NEWSA:
    case XFRM_MSG_UPDSA:
        /* ENOSYS: the kernel lacks the cipher. ESRCH: an update of an SA that was never installed. */
        if (answer->error == -EPROTONOSUPPORT || answer->error == -ENOSYS || answer->error == -ESRCH)
            answer->error = 0;
        break;
    case XFRM_MSG_DELSA:
        if (answer->error == -ESRCH)
            answer->error = 0;
        break;
    }
    return length;
}

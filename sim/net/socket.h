/* A TCP or Unix socket of libuv, of a client or of a listener. */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include <uv.h>

union net_socket {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
};

#endif

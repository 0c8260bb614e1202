/** Echo through gRPC-Java over a Unix socket: Netty's native epoll transport. */
@NullMarked
package dev.parley.benchmarks.rival.grpc;

import org.jspecify.annotations.NullMarked;

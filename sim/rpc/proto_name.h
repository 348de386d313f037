/* Names of services and messages, as people see them. */
#ifndef RPC_PROTO_NAME_H
#define RPC_PROTO_NAME_H

/* A full name without its package, except for a version at the end of the package:
 * "dstack.GetKeyArgs" is "GetKeyArgs", "dstack.guest.v1.Worker" is "v1.Worker". package: of that
 * name, or NULL. Returns a part of name. */
const char *proto_name_short(const char *name, const char *package);

#endif

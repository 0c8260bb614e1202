/** The target {@code cpp}: a header beside each {@code .pb.h}, with a class for each service. */
package dev.parley.codegen.cpp;

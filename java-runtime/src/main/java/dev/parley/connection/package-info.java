@NullMarked
package dev.parley.connection;

import org.jspecify.annotations.NullMarked;

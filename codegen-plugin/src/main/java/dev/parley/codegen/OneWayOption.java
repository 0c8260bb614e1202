package dev.parley.codegen;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;

/**
 * The option {@code parley.v1.one_way} of methods. It is read from among the fields that
 * descriptor.proto does not know, so that the generator needs no schema of ours.
 */
final class OneWayOption {
  private static final String SCHEMA = "parley/v1/options.proto";
  private static final int NUMBER = 51215;

  private final boolean visible;

  private OneWayOption(boolean visible) {
    this.visible = visible;
  }

  /**
   * The option as {@code file} may use it. Where our schema is not imported, its number may be an
   * option of somebody else.
   */
  static OneWayOption visibleIn(FileDescriptor file, FileDescriptorProto proto) {
    return new OneWayOption(
        proto.getOptionDependencyList().contains(SCHEMA) || imported(file.getDependencies()));
  }

  private static boolean imported(List<FileDescriptor> files) {
    return files.stream()
        .anyMatch(file -> file.getName().equals(SCHEMA) || imported(file.getPublicDependencies()));
  }

  boolean isSetOn(MethodDescriptor method) {
    UnknownFieldSet options = method.getOptions().getUnknownFields();
    if (!visible || !options.hasField(NUMBER)) {
      return false;
    }
    // As any field that is there more than once: the last one counts.
    List<Long> values = options.getField(NUMBER).getVarintList();
    return !values.isEmpty() && values.get(values.size() - 1) != 0;
  }
}

package dev.parley.codegen;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import dev.parley.codegen.model.Comment;
import dev.parley.codegen.model.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the parts of a file stand, and what was written beside them. A part is named as
 * descriptor.proto does: field numbers and indices on the way to it.
 */
final class SourceLocations {
  private final String file;
  private final Map<List<Integer>, Location> locations = new HashMap<>();

  SourceLocations(FileDescriptorProto proto) {
    file = proto.getName();
    for (Location location : proto.getSourceCodeInfo().getLocationList()) {
      locations.putIfAbsent(location.getPathList(), location);
    }
  }

  Position position(List<Integer> path) {
    Location location = locations.get(path);
    return new Position(
        file, location == null || location.getSpanCount() == 0 ? 0 : location.getSpan(0) + 1);
  }

  /** The comment before the part, else the one behind it. */
  Comment comment(List<Integer> path) {
    Location location = locations.get(path);
    if (location == null) {
      return Comment.NONE;
    }
    Comment leading = Comment.of(location.getLeadingComments());
    return leading.isEmpty() ? Comment.of(location.getTrailingComments()) : leading;
  }
}

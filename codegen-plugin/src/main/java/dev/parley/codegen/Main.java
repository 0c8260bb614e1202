package dev.parley.codegen;

import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.JavaFeaturesProto;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The program: reads a request of protoc from standard input, writes the response to standard
 * output.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    if (arguments.length > 0) {
      System.out.println(
          "protoc-gen-parley is run by protoc: protoc --parley_out=DIR --parley_opt=target=java FILE");
      return arguments[0].equals("--help") ? 0 : 1;
    }
    try {
      byte[] input = System.in.readAllBytes();
      if (input.length == 0) {
        return fail("standard input is empty");
      }
      ExtensionRegistry features = ExtensionRegistry.newInstance();
      // The order matters: JavaFeaturesProto fails to initialize unless DescriptorProtos has.
      DescriptorProtos.registerAllExtensions(features);
      JavaFeaturesProto.registerAllExtensions(features);
      CodeGeneratorRequest request = CodeGeneratorRequest.parseFrom(input, features);
      if (request.getFileToGenerateCount() == 0) {
        return fail("standard input names no file to generate from");
      }
      try (OutputStream output = new FileOutputStream(FileDescriptor.out)) {
        Plugin.answer(request).writeTo(output);
      }
      return 0;
    } catch (InvalidProtocolBufferException e) {
      return fail("standard input is no request of protoc: " + e.getMessage());
    } catch (IOException e) {
      return fail("standard input or output failed: " + e.getMessage());
    }
  }

  private static int fail(String why) {
    System.err.println("protoc-gen-parley: " + why);
    return 1;
  }
}

package dev.parley.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse.Feature;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PluginTest {
  private static final String KNOWN = "; there is target=java or target=cpp";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|option target is missing",
        "' '|option target is missing",
        "target|target \"\" is unknown",
        "target=|target \"\" is unknown",
        "target=Java|target \"Java\" is unknown",
        "target=java/x|target \"java/x\" is unknown",
        "lang=java|option lang is unknown",
        "target=java,paths=source_relative|option paths is unknown",
      })
  void anOptionThatIsWrongIsAnErrorThatListsWhatThereIs(String options, String error) {
    CodeGeneratorResponse response = Plugin.answer(request().setParameter(options).build());
    assertThat(response.getError()).isEqualTo(error + KNOWN);
    assertThat(response.getFileList()).isEmpty();
  }

  @Test
  void aTargetThatIsGivenTwiceIsAnError() {
    CodeGeneratorResponse response =
        Plugin.answer(request().setParameter("target=java,target=cpp").build());
    assertThat(response.getError())
        .isEqualTo("option target is given twice: run the plugin once for each target");
  }

  @Test
  void blanksAroundOptionsAreOverlooked() {
    CodeGeneratorResponse response =
        Plugin.answer(request().setParameter(" target = cpp ,").build());
    assertThat(response.getError()).isEmpty();
    assertThat(response.getFile(0).getName()).isEqualTo("demo/greeter.parley.h");
  }

  @Test
  void everyAnswerTellsWhichSchemasAreUnderstood() {
    for (String options : new String[] {"target=java", "wrong"}) {
      CodeGeneratorResponse response = Plugin.answer(request().setParameter(options).build());
      assertThat(response.getSupportedFeatures())
          .isEqualTo(
              Feature.FEATURE_PROTO3_OPTIONAL_VALUE | Feature.FEATURE_SUPPORTS_EDITIONS_VALUE);
      assertThat(response.getMinimumEdition()).isEqualTo(Edition.EDITION_PROTO2_VALUE);
      assertThat(response.getMaximumEdition()).isEqualTo(Edition.EDITION_2024_VALUE);
    }
  }

  @Test
  void anErrorNamesTheFileWhereProtocTellsNoLine() {
    CodeGeneratorRequest.Builder request = request();
    request
        .getProtoFileBuilder(0)
        .getServiceBuilder(0)
        .addMethod(
            MethodDescriptorProto.newBuilder()
                .setName("HelloAsync")
                .setInputType(".demo.Text")
                .setOutputType(".demo.Text"));
    assertThat(Plugin.answer(request.build()).getError())
        .startsWith("demo/greeter.proto: rpc HelloAsync and the asynchronous form of rpc Hello");
  }

  @Test
  void aTypeThatIsNowhereIsAnErrorAndNoBug() {
    CodeGeneratorRequest.Builder request = request();
    request.getProtoFileBuilder(0).clearMessageType();
    assertThat(Plugin.answer(request.build()).getError())
        .startsWith("demo/greeter.proto: ")
        .contains("demo.Text");
  }

  @Test
  void aFileThatIsNotInTheRequestIsAnError() {
    assertThat(Plugin.answer(request().addFileToGenerate("gone.proto").build()).getError())
        .isEqualTo("gone.proto is to be generated from, but is not in the request");
  }

  @Test
  void aPathThatWouldLeaveItsCommentIsAnError() {
    CodeGeneratorRequest.Builder request = request();
    String path = "demo/\\u000aclass Evil {}.proto";
    request.getProtoFileBuilder(0).setName(path);
    request.setFileToGenerate(0, path);
    assertThat(Plugin.answer(request.build()).getError())
        .isEqualTo(
            "the path of a file has the sign U+005C, which generated code cannot name: " + path);
  }

  @Test
  void theSameRequestHasTheSameAnswer() {
    CodeGeneratorRequest request = request().build();
    assertThat(Plugin.answer(request)).isEqualTo(Plugin.answer(request));
  }

  @Test
  void noRequestMakesThePluginThrow() {
    byte[] request = request().build().toByteArray();
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      byte[] broken = request.clone();
      for (int j = random.nextInt(3); j >= 0; j--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
      }
      CodeGeneratorResponse response;
      try {
        response = Plugin.answer(CodeGeneratorRequest.parseFrom(broken));
      } catch (InvalidProtocolBufferException e) {
        continue;
      }
      assertThat(response.getError().isEmpty() || response.getFileCount() == 0).isTrue();
    }
  }

  private static CodeGeneratorRequest.Builder request() {
    return CodeGeneratorRequest.newBuilder()
        .setParameter("target=java")
        .addFileToGenerate("demo/greeter.proto")
        .addProtoFile(
            FileDescriptorProto.newBuilder()
                .setName("demo/greeter.proto")
                .setPackage("demo")
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder().setName("Text"))
                .addService(
                    ServiceDescriptorProto.newBuilder()
                        .setName("Greeter")
                        .addMethod(
                            MethodDescriptorProto.newBuilder()
                                .setName("Hello")
                                .setInputType(".demo.Text")
                                .setOutputType(".demo.Text"))));
  }
}

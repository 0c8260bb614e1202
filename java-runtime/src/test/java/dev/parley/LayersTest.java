package dev.parley;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Imports go down the ladder only. */
@AnalyzeClasses(packages = "dev.parley", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
  @ArchTest
  static final ArchRule eachRungKnowsOnlyTheRungsBelowIt =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("top")
          .definedBy("dev.parley")
          .layer("rpc")
          .definedBy("dev.parley.rpc..")
          .layer("connection")
          .definedBy("dev.parley.connection..")
          .layer("transport")
          .definedBy("dev.parley.transport..")
          .layer("wire")
          .definedBy("dev.parley.wire..")
          .whereLayer("top")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("rpc")
          .mayOnlyBeAccessedByLayers("top")
          .whereLayer("connection")
          .mayOnlyBeAccessedByLayers("top", "rpc")
          .whereLayer("transport")
          .mayOnlyBeAccessedByLayers("top", "rpc", "connection")
          .whereLayer("wire")
          .mayOnlyBeAccessedByLayers("top", "rpc", "connection");

  @ArchTest
  static final ArchRule whatUsersSeeOfARungDoesNotKnowHowItRuns =
      com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("dev.parley.rpc")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.parley.rpc.runtime", "dev.parley.connection", "dev.parley.wire");
}

"""Writes what the product is made of as a CycloneDX document: ``python scripts/sbom.py FILE``.

Every Python package, JavaScript package and jar that an installation may fetch, as the lock files
have them, with their hashes. The same lock files give the same bytes.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements" / "base.txt"
PACKAGES = ROOT / "dashboards" / "package-lock.json"
JARS = ROOT / "infra" / "kafka" / "jgo.lock.toml"


def python_packages(path: Path = REQUIREMENTS) -> Iterator[Component]:
    """Those of a file of requirements with hashes."""
    text = path.read_text().replace("\\\n", " ")
    for line in text.splitlines():
        pinned, *hashes = line.partition("#")[0].split("--hash=")
        if not pinned.strip():
            continue
        wanted = Requirement(pinned.strip())
        [version] = wanted.specifier
        name = canonicalize_name(wanted.name)
        found = [each.strip().removeprefix("sha256:") for each in hashes]
        yield _component(PackageURL("pypi", None, name, version.version), _sha256(found))


def javascript_packages(path: Path = PACKAGES) -> Iterator[Component]:
    """Those of a package-lock.json, but for the dashboards themselves."""
    for place, package in json.loads(path.read_text())["packages"].items():
        if not place:
            continue
        namespace, _, name = place.removeprefix("node_modules/").rpartition("/")
        algorithm, _, digest = package["integrity"].partition("-")
        if algorithm != "sha512":
            raise ValueError(f"{path.name}: {place} has a hash of kind {algorithm}, not sha512")
        content = base64.b64decode(digest).hex()
        yield _component(
            PackageURL("npm", namespace or None, name, package["version"]),
            [HashType(alg=HashAlgorithm.SHA_512, content=content)],
        )


def jars(path: Path = JARS) -> Iterator[Component]:
    """Those of the embedded Kafka."""
    for jar in tomllib.loads(path.read_text())["dependencies"]:
        url = PackageURL("maven", jar["groupId"], jar["artifactId"], jar["version"])
        yield _component(url, _sha256([jar["sha256"]]))


def document() -> str:
    """The whole, as JSON; raises ValueError if it is no valid document of CycloneDX 1.6."""
    product = Component(
        name="dunghen", version=_version(), type=ComponentType.APPLICATION, bom_ref="dunghen"
    )
    components = [*python_packages(), *javascript_packages(), *jars()]
    bom = Bom(components=components)
    bom.metadata.component = product
    bom.register_dependency(product, components)
    # Neither the time nor chance: who has the same lock files can compare the documents.
    names = "\n".join(sorted(str(component.purl) for component in components))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, f"dunghen {product.version}\n{names}")
    found = json.loads(JsonV1Dot6(bom).output_as_string())
    found["metadata"].pop("timestamp", None)
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise ValueError(f"not a valid CycloneDX document: {wrong}")
    return text


def _component(url: PackageURL, hashes: list[HashType]) -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        group=url.namespace,
        name=url.name,
        version=url.version,
        purl=url,
        bom_ref=str(url),
        scope=ComponentScope.REQUIRED,
        hashes=hashes,
    )


def _sha256(digests: list[str]) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests]


def _version() -> str:
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    if found is None:
        raise ValueError("pyproject.toml names no version")
    return found[1]


def main(arguments: list[str]) -> int:
    """Write the document to the file that is named."""
    if len(arguments) != 1:
        print("Name the file to write: python scripts/sbom.py FILE", file=sys.stderr)
        return 2
    target = Path(arguments[0])
    target.parent.mkdir(parents=True, exist_ok=True)
    text = document()
    target.write_text(text)
    print(f"{target}: {len(json.loads(text)['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

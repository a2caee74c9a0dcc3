"""One table: the words for all that goes wrong, on a page of its own, beside an object or at a line of a text."""

from collections.abc import Mapping

from modelsweb.errors import Code, Problem
from modelsweb.text import Text, text

_ERRORS: Mapping[Code, tuple[Text, Text]] = {
    Code.UNTRUSTED_PAGE: (
        text("Request rejected"),
        text("The request could not be verified as coming from this app's own page."),
    ),
    Code.UNAUTHENTICATED: (
        text("You are not signed in"),
        text(
            "The proxy in front of this app must send your identity in a request header. Sign in to the proxy, then try again."
        ),
    ),
    Code.CREDENTIALS_REJECTED: (
        text("The cluster rejected this app's credentials"),
        text(
            "The app's token may have expired. Contact the app administrator; signing in again does not help."
        ),
    ),
    Code.FORBIDDEN: (
        text("Not allowed"),
        text("The cluster rejected the request. See the cluster's message for the reason."),
    ),
    Code.PERMISSION_DENIED: (
        text("Permission denied"),
        text(
            "{user} needs permission to {verb} {resource} in namespace {namespace}. Ask a namespace owner; in Kubeflow, owners grant access under Manage Contributors."
        ),
    ),
    Code.NOT_FOUND: (text("Not found"), text("It may have been deleted or renamed.")),
    Code.CONFLICT: (
        text("Conflicting change"),
        text("The object was changed in the meantime. Review it, then try again."),
    ),
    Code.TOO_MANY_REQUESTS: (
        text("Too many requests"),
        text("Wait a moment, or close what you do not need, then try again."),
    ),
    Code.UNAVAILABLE: (
        text("The cluster is not responding"),
        text("The app retries automatically. Your input is not lost."),
    ),
    Code.TOO_LARGE: (text("Request too large"), text("Submit less at a time.")),
    Code.METHOD_NOT_ALLOWED: (
        text("This action is not available here"),
        text("Go back and try another way."),
    ),
    Code.INVALID: (text("Invalid request"), text("See the message for details.")),
    Code.CLUSTER_ERROR: (
        text("Cluster error"),
        text(
            "The problem is not on your side. Try again; if it persists, contact the cluster administrator."
        ),
    ),
}
"""Title and sentence of what stands on a page of its own."""

_SAME_AS = {
    Code.BAD_REQUEST: Code.INVALID,
    Code.UNSUPPORTED_MEDIA_TYPE: Code.INVALID,
    Code.ALREADY_EXISTS: Code.CONFLICT,
    Code.EXPIRED: Code.CLUSTER_ERROR,
    Code.INTERNAL_ERROR: Code.CLUSTER_ERROR,
    Code.WEBHOOK_UNAVAILABLE: Code.UNAVAILABLE,
}
_CLUSTER_WIDE = text(
    "{user} needs cluster-wide permission to {verb} {resource}. Ask a cluster administrator."
)

_PROBLEMS: Mapping[Code, Text] = {
    # Nothing retries a write.
    Code.UNAVAILABLE: text(
        "The cluster is not responding right now. Try again in a moment; your input is kept."
    ),
    Code.WEBHOOK_UNAVAILABLE: text(
        "A webhook of the cluster is not responding, so nothing of this kind can be created or changed now. Try again in a moment; your input is kept."
    ),
    Code.NOTHING_TO_CREATE: text("There is nothing to create: paste at least one YAML document."),
    Code.TEXT_TOO_LARGE: text("The text is larger than {max} bytes."),
    Code.TOO_MANY_DOCUMENTS: text("The text contains more than {max} documents. Submit them in batches."),
    Code.TOO_MANY_VALUES: text("The text contains more than {max} values."),
    Code.TOO_MANY_EXPANDED_VALUES: text("With aliases expanded, the text contains more than {max} values."),
    Code.NESTED_TOO_DEEPLY: text("The text is nested too deeply."),
    Code.UNREADABLE_YAML: text("The YAML cannot be read: {problem}"),
    Code.UNREADABLE_JSON: text("The JSON cannot be read: {problem}"),
    Code.NOT_UTF_8: text("This is not UTF-8 text."),
    Code.IS_A_TABLE: text("This is a table. Print it with -o yaml or -o json."),
    Code.TAB: text("A tab stands here. Indent with spaces."),
    Code.ALIAS_OF_ITSELF: text("An alias refers to the value that contains it."),
    Code.DUPLICATE_KEY: text("Duplicate key {key}."),
    Code.KEY_NOT_SCALAR: text("A key must be a single value."),
    Code.MERGE_OF_NO_MAPPING: text("Only mappings can be merged with <<."),
    Code.UNREADABLE_VALUE: text("{value} cannot be parsed as {tag}."),
    Code.NUMBER_NOT_FINITE: text("JSON, and therefore Kubernetes, does not support the number {value}."),
    Code.NOT_AN_OBJECT: text("This is not a Kubernetes object: kind or apiVersion is missing."),
    Code.NOT_A_MAPPING: text("A document must be a mapping of fields, such as kind and metadata."),
    Code.METADATA_NOT_A_MAPPING: text("{field} must be a mapping with at least a name."),
    Code.FIELD_MISSING: text("{field} is missing."),
    Code.VERSION_NOT_SUPPORTED: text("{given} cannot be created: the apiVersion of {kind} must be {wanted}."),
    Code.KIND_NOT_SUPPORTED: text("{given} cannot be created here. This page supports {kinds}."),
    Code.NAME_NOT_FIXED: text(
        "With generateName each submit would create another object. Set metadata.name, for example {example}."
    ),
    Code.DESCRIBED_TWICE: text("{kind} {name} is described twice in this text. Remove one of the two."),
    Code.UNKNOWN_FIELD: text("No such field: {field}. It is misspelt or in the wrong place."),
    Code.MUST_BE_TEXT: text("{field} must be text; write it in quotes."),
    Code.WRONG_TYPE: text("{field} must be of type {wanted}."),
    Code.INVALID_FIELD: text("The field {field} is not valid."),
    Code.OTHER_CAUSE: text("Other possible problems:"),
    Code.NO_SUCH_KIND_OR_NAMESPACE: text(
        "The cluster does not recognize this kind, or the namespace no longer exists."
    ),
    Code.ALREADY_EXISTS: text("{kind} {name} already exists. Choose another name."),
    Code.DIFFERS: text(
        "{kind} {name} already exists and differs from this document. Choose another name, or edit what is there."
    ),
    Code.ONE_OBJECT_ONLY: text("This page edits {name} alone. Remove the other documents."),
    Code.CANNOT_CHANGE: text(
        "{field} cannot be changed: it must stay {wanted}. To make another object, copy the text to Create."
    ),
    Code.KUBECTL_NEEDED: text(
        "This app is not allowed to create Secrets. Create it with kubectl, then remove it from the text: {command}"
    ),
    Code.VALUE_MISSING: text("Required."),
    Code.VALUE_TOO_LONG: text("Too long; use at most {max} characters."),
    Code.NOT_ONE_WORD: text("Spaces are not allowed here."),
    Code.NOT_A_NAME: text(
        "Use lowercase letters, digits and hyphens; start with a letter and end with a letter or digit; at most 63 characters."
    ),
    Code.USER_IN_ADDRESS: text(
        "The address holds a user or a password. Remove them and put them in a Secret."
    ),
    Code.NOT_IN_RANGE: text("Enter a whole number from {low} to {high}."),
    Code.NOT_A_QUANTITY: text("Not a valid quantity. Enter it like this: {example}"),
    Code.NOT_A_PAIR: text("Line {line} is not of the form NAME=value."),
    Code.GIVEN_TWICE: text("{key} is given twice (line {line})."),
    Code.TOO_MANY_CHANGES: text("Too many lines are changed at once. Change at most {max}, or use the YAML."),
    Code.FROM_ELSEWHERE: text("{key} comes from a Secret or a ConfigMap. Change it in the YAML."),
    Code.TEXT_TOO_LONG_FOR_FORM: text("The text is too long for the form. Use the YAML."),
    Code.NOT_IN_FORM: text("The form cannot change this field here. Change it in the YAML."),
    Code.NOT_A_STEP: text(
        "Line {line}: write the name of a service or node:NAME, in a splitter with =weight from 0 to 100, in a switch with =condition."
    ),
    Code.NOT_A_NODE: text(
        "Line {line}: write the name of a node and its router type, then its steps below, each after a space. The name is not root."
    ),
    Code.NOT_A_WEB_ADDRESS: text("Begin with http:// or https://."),
    Code.WEBHOOK_CRASHED: text(
        "KServe's webhook crashed on {kind} {name}: a part of it that must be filled in may be empty."
    ),
    Code.NOT_AN_OBJECT_NAME: text(
        "Use lower-case letters, digits, hyphens and dots; begin and end with a letter or digit."
    ),
    Code.NO_SUCH_SECRET: text("There is no Secret {name} here. Fill in its keys to create it."),
    Code.SECRET_IS_THERE: text(
        "Secret {name} already exists and is not changed. Choose another name, or leave the keys empty to use it."
    ),
    Code.APP_MAY_NOT_CREATE_SECRETS: text(
        "This app is not allowed to create Secrets. Create it with the kubectl lines below."
    ),
    Code.REJECTED: text("The cluster rejected {kind} {name}."),
    Code.INVALID_OBJECT: text("{kind} {name} is not valid."),
    Code.NO_LONGER_THERE: text("It no longer exists."),
}
"""The sentence of what is wrong with one object or one place in a text."""


def explain(problem: Problem) -> tuple[Text, Text]:
    """What happened, and what the user can do, for a page of its own: a title and a sentence."""
    title, sentence = _ERRORS.get(_SAME_AS.get(problem.code, problem.code), _ERRORS[Code.INVALID])
    if problem.code is Code.PERMISSION_DENIED and "namespace" not in problem.values:
        sentence = _CLUSTER_WIDE
    return title, _filled(sentence, problem)


def sentence(problem: Problem) -> Text:
    """What is wrong with an object or a place in a text, and what mends it."""
    found = _PROBLEMS.get(problem.code)
    return _filled(found, problem) if found is not None else explain(problem)[1]


def _filled(sentence: Text, problem: Problem) -> Text:
    return Text(sentence.message, {**problem.values})

"""What can stand at a place of a text, for the editor: ``?version=…&kind=…&path=spec&path=predictor``."""

from starlette.responses import JSONResponse, Response

from modelsweb.operations.completion import Place, completion
from modelsweb.viewmodels.field_words import meaning
from modelsweb.web.rendering import translator
from modelsweb.web.site import RequestContext

_KEPT = "private, max-age=300"


async def at_place(context: RequestContext) -> Response:
    """The fields, those that must be there first; null where the cluster tells nothing of the place. Raises UnavailableError."""
    query = context.request.query_params
    place = Place(
        api_version=query.get("version", ""),
        kind=query.get("kind", ""),
        path=tuple(query.getlist("path")),
    )
    listed = await completion(context.site.operations, context.user, namespace=context.namespace, place=place)
    words = translator(context.language)
    fields = None
    if listed is not None:
        fields = [
            {
                "name": one.name,
                "type": one.type,
                "description": words.plain(meaning(place.kind, (*place.path, one.name))) or one.description,
                "isRequired": one.is_required,
                "values": one.values,
            }
            for one in listed
        ]
    return JSONResponse({"fields": fields}, headers={"Cache-Control": _KEPT})

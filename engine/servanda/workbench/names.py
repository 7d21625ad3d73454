"""What people call things that a report names by their ids: agreements, sites, obligations and clauses, from the definitions of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from servanda.desk.workspace import Workspace, definitions_found
from servanda.model import Agreement
from servanda.pack_shapes import Pack


@dataclass(frozen=True, slots=True)
class Names:
    """Packs and agreements by id; what is not defined any more is called by its id."""

    packs: Mapping[str, Pack] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)

    def agreement(self, identity: str | None) -> str:
        """The title of an agreement."""
        known = self.agreements.get(identity or "")
        return known.title if known else identity or "–"

    def site(self, agreement: str | None, identity: str | None) -> str:
        """The name of a site."""
        known = self.agreements.get(agreement or "")
        found = next((site for site in known.sites if site.id == identity), None) if known else None
        return found.name if found else identity or "–"

    def party(self, pack: str, identity: str, lang: str) -> str:
        """The name of a party."""
        known = self.packs.get(pack)
        return known.head.parties[identity].of(lang) if known and identity in known.head.parties else identity

    def obligation(self, finding: Mapping, lang: str) -> str:
        """The title of a finding's obligation."""
        pack = self.packs.get(finding["id"].partition("/")[0])
        known = next((one for one in pack.obligations if one.id == finding["obligation"]), None) if pack else None
        return known.title.of(lang) if known else finding["obligation"]

    def clause(self, anchor: str, lang: str) -> str:
        """Where in the text a clause stands."""
        for pack in self.packs.values():
            for clause in pack.clauses:
                if clause.anchor == anchor:
                    return clause.place.of(lang)
        return anchor


def names_of(workspace: Workspace) -> Names:
    """The names of now; none where the definitions cannot be read (a page is still shown then)."""
    known, _ = definitions_found(workspace)
    return Names(known.packs, known.agreements)

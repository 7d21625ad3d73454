"""servanda completion: the script that makes a shell complete."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from servanda.cli import COMPLETION, EVALUATED


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the completion script for a shell.

    \b
    bash:  eval "$(servanda completion bash)"      in ~/.bashrc
    zsh:   eval "$(servanda completion zsh)"       in ~/.zshrc, after compinit
    fish:  servanda completion fish | source       in ~/.config/fish/config.fish
    """
    script = get_completion_class(shell)(ctx.find_root().command, {}, "servanda", COMPLETION)
    # click's script for fish cuts values and descriptions at their first comma
    source = script.source_template.replace('string split ","', 'string split -m 1 ","')
    click.echo(source % script.source_vars(), nl=False)
    return EVALUATED

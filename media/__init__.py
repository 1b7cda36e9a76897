"""Whatever a phone makes goes in; exactly one slot comes out."""

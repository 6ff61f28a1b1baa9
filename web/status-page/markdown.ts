import { micromark } from 'micromark'

/**
 * Markdown of an incident as HTML for a page or a feed. HTML in it is shown as text, images as links
 * to them, headings as paragraphs in bold; a link leads to an http or https address, or nowhere.
 */
export function markdown(text: string): string {
  const made = micromark(text, { extensions: [{ disable: { null: ['labelStartImage'] } }] })
  // What micromark makes has no other `<` than those of its own tags.
  return made
    .replaceAll(/<a href="([^"]*)"([^>]*)>/g, (_, target: string) =>
      /^https?:\/\//i.test(target) ? `<a href="${target}" rel="nofollow noopener">` : '<a>',
    )
    .replaceAll(/<h[1-6]>/g, '<p class="heading">')
    .replaceAll(/<\/h[1-6]>/g, '</p>')
}

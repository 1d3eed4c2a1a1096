// What is wrong with `built`, which was made of `html`: nothing, or words. `parsed` is what the
// browser's own parser makes of it.
const [html, built] = arguments;

const ALLOWED = ['p', 'a', 'i', 'em', 'b', 'strong', 'pre', 'code', 'blockquote'];
const DROPPED = ['script', 'style', 'template', 'iframe', 'title'];
const DEEPEST = 64;

const parsed = new DOMParser().parseFromString('', 'text/html').body;
parsed.innerHTML = html;
const faults = [];

// The text that a reader is to see.
const words = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || depth > DEEPEST) return '';
    if (DROPPED.includes(node.tagName.toLowerCase())) return '';
    return [...node.childNodes].map((child) => words(child, depth + 1)).join('');
};
const plain = (text) => text.replace(/\s+/g, '');
const expected = plain(words(parsed, 0));
if (plain(built.textContent) !== expected) {
    faults.push(`says ${JSON.stringify(plain(built.textContent))} instead of ${JSON.stringify(expected)}`);
}

const elements = [...built.querySelectorAll('*')];
for (const element of elements) {
    const name = element.localName;
    const ours = element.namespaceURI === 'http://www.w3.org/1999/xhtml';
    if (!ours || !ALLOWED.includes(name)) faults.push(`an element ${element.nodeName}`);
    const attributes = element.getAttributeNames();
    const inside = /^(item\/\d+|user\/[\w-]+)$/.test(element.getAttribute('href') ?? '');
    const good = !attributes.length
        || name === 'a' && (inside ? attributes.join() === 'href' : attributes.join() === 'href,rel');
    if (!good) faults.push(`attributes ${attributes} of ${name}`);
    if (attributes.includes('rel') && element.rel !== 'nofollow noopener noreferrer') faults.push(element.rel);
    if (attributes.includes('href') && !inside && URL.canParse(element.getAttribute('href'))
        && !/^https?:$/.test(element.protocol)) faults.push(`a link to ${element.href}`);
    if (attributes.includes('href') && !inside && !/^https?:\/\//i.test(element.getAttribute('href'))) {
        faults.push(`a link to ${element.getAttribute('href')}`);
    }
}
// A quotation or a first paragraph more for each, and no more than that.
const most = 2 * parsed.querySelectorAll('*').length + 2;
if (elements.length > most) faults.push(`${elements.length} elements, ${most} at most`);
const depth = (element) => element === built ? 0 : 1 + depth(element.parentNode);
const deepest = Math.max(0, ...elements.map(depth));
if (deepest > DEEPEST + 4) faults.push(`${deepest} deep`);
return faults.join('; ');

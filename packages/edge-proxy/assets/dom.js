/**
 * Makes an element. Text goes in as text, so that no name from a config can become markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Leaves a text that is right alone, so that a selection in it lives on.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | undefined} value undefined takes the attribute away
 */
export function setAttribute(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * An element, and how it takes over new data.
 * @template Item
 * @typedef {{ readonly node: Element, update(item: Item): void }} View
 */

/** @type {WeakMap<Element, Map<string, View<any>>>} */
const viewsIn = new WeakMap();

/**
 * Makes the children of a container those of a list. What was there before keeps its element, and so focus and scrolling.
 * @template Item
 * @param {Element} container
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => View<Item>} create
 */
export function keyed(container, items, keyOf, create) {
  /** @type {Map<string, View<Item>>} */
  const before = viewsIn.get(container) ?? new Map();
  /** @type {Map<string, View<Item>>} */
  const after = new Map();
  for (const [i, item] of items.entries()) {
    const key = keyOf(item);
    const view = before.get(key) ?? create(item);
    before.delete(key);
    view.update(item);
    after.set(key, view);
    if (container.children[i] !== view.node) container.insertBefore(view.node, container.children[i] ?? null);
  }
  for (const { node } of before.values()) node.remove();
  viewsIn.set(container, after);
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no element #${id}`);
  return element;
}

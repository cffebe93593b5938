// What scripts say, in the language of the page. t is a tag for template literals: their English wording, with %s for
// each value, is the key to the page's words, as in package words. A page in another language than English has its words
// from a file of that language, before this one; what the installation says otherwise stands in the page. Loaded before all other scripts: those that are deferred, modules, and
// what modules bring along run after it, and find t.
(() => {
  "use strict";
  const own = document.querySelector('meta[name="parley-words"]');
  const said = { ...window.parleyWords, ...(own && JSON.parse(own.content)) };
  window.t = (parts, ...values) => {
    const key = parts.join("%s");
    let next = 0;
    return (said[key] || key).replace(/%(?:\[(\d+)\])?s/g, (_, at) => values[at ? at - 1 : next++]);
  };
})();

// The button that copies this page's address, which is all of its state.
const button = () => document.getElementById("copy");

export function startCopy() {
  document.addEventListener("click", async (event) => {
    if (event.target.id !== "copy") return;
    const copied = await copy(location.href);
    document.getElementById("copied").textContent = copied ? "Copied" : location.href;
  });
  // An edited control replaces this part of the page, and with it the button.
  new MutationObserver(reveal).observe(document.getElementById("main"), { childList: true });
  reveal();
}

function reveal() {
  button()?.removeAttribute("hidden");
}

// The clipboard is for pages over https or on this machine; others get the address to copy by hand.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// Placeholders go to where the cursor last was; without scripts the server puts them at the end of the chosen field.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("edit");
  const insert = form && form.querySelector("[data-test=insert]");
  if (!insert) return;
  let last = null;
  form.addEventListener("focusin", (event) => {
    if (event.target.tagName === "TEXTAREA" && event.target.name !== "questions") {
      last = event.target;
      const into = document.getElementById("into");
      if ([...into.options].some((option) => option.value === last.name)) into.value = last.name;
    }
  });
  insert.addEventListener("click", (event) => {
    const name = document.getElementById("into").value;
    const field = last && last.name === name ? last : form.elements[name];
    if (!field) return;
    event.preventDefault();
    const at = field === last ? field.selectionStart : field.value.length;
    field.setRangeText(document.getElementById("placeholder").value, at, field === last ? field.selectionEnd : at, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
});

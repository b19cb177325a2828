/* Which compiler made an image: the first string of its .comment section. */
#include "symexec/arm/image.h"

#include <stdio.h>
#include <string.h>

void arm_image_compiler(const struct arm_image *image, char *out, size_t size)
{
    snprintf(out, size, "unknown compiler");
    size_t names;
    if (elf_getshdrstrndx(image->elf, &names) != 0)
        return;
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(image->elf, section)) != NULL) {
        GElf_Shdr header;
        const char *name = gelf_getshdr(section, &header) ? elf_strptr(image->elf, names, header.sh_name) : NULL;
        if (!name || strcmp(name, ".comment") != 0)
            continue;
        const Elf_Data *data = elf_getdata(section, NULL);
        if (data && data->d_size && data->d_buf)
            snprintf(out, size, "%.*s", (int)strnlen(data->d_buf, data->d_size), (const char *)data->d_buf);
        break;
    }
}
